#compdef slim
# Completes slim's command line in zsh. `slim completion zsh` prints this file.
# slim itself knows the candidates: see cmd/complete/complete.h.

_slim()
{
	local line candidate shown files= program=${(Q)words[1]} result=1
	local -a before closed closed_shown open open_shown
	before=("${(@Q)words[2,CURRENT-1]}")
	((CURRENT > 2)) || before=()
	while IFS= read -r line; do
		candidate=${line%%$'\t'*}
		shown=$candidate
		[[ $line == *$'\t'* ]] && shown="$candidate  -- ${line#*$'\t'}"
		case $candidate in
		:files) files=_files ;;
		:directories) files='_files -/' ;;
		*[:/=]) open+=("$candidate") open_shown+=("$shown") ;;
		*) closed+=("$candidate") closed_shown+=("$shown") ;;
		esac
	done < <(print -rN -- "${before[@]}" "${(Q)PREFIX}" | ${~program} __complete 2>/dev/null)
	(($#closed)) && compadd -l -d closed_shown -a closed && result=0
	(($#open)) && compadd -l -S '' -d open_shown -a open && result=0
	if [[ $files ]]; then
		[[ $PREFIX == --*=* ]] && compset -P '*='
		${=files} && result=0
	fi
	return result
}

# As a file of fpath this is the function; if it is sourced, it only defines it.
if [[ ${funcstack[1]} == _slim ]]; then
	_slim "$@"
elif (($+functions[compdef])); then
	compdef _slim slim
fi
