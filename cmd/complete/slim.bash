# Completes slim's command line in bash. `slim completion bash` prints this file.
# slim itself knows the candidates: see cmd/complete/complete.h.

# Sets the array words to the words up to the cursor. bash has split them at : and =, too.
__slim_words()
{
	local line=${COMP_LINE:0:COMP_POINT} part blank i
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		blank=${line%%[![:space:]]*}
		line=${line#"$blank"}
		part=${COMP_WORDS[i]}
		if ((i == COMP_CWORD)) || [[ $line != "$part"* ]]; then
			part=$line
		fi
		line=${line#"$part"}
		if ((i == 0)) || [[ $blank ]]; then
			words+=("$part")
		else
			words[${#words[@]} - 1]+=$part
		fi
	done
	words=("${words[@]//\\/}")
}

_slim()
{
	local -a words
	local word before= breaks= line candidate files= IFS=$' \t\n'
	__slim_words
	word=${words[${#words[@]} - 1]}
	[[ $COMP_WORDBREAKS == *:* ]] && breaks+=:
	[[ $COMP_WORDBREAKS == *=* ]] && breaks+==
	[[ $breaks && $word == *[$breaks]* ]] && before=${word%"${word##*[$breaks]}"}
	COMPREPLY=()
	while IFS= read -r line; do
		candidate=${line%%$'\t'*}
		case $candidate in
		:files) files=default ;;
		:directories) files=dirnames ;;
		*[!A-Za-z0-9_./:=@,+%-]*) COMPREPLY+=("$(printf %q "${candidate#"$before"}")") ;;
		*) COMPREPLY+=("${candidate#"$before"}") ;;
		esac
	done < <(printf '%s\0' "${words[@]:1}" | "${words[0]/#\~/$HOME}" __complete 2>/dev/null)
	if [[ $files && ${#COMPREPLY[@]} -gt 0 ]]; then
		while IFS= read -r candidate; do
			[[ -d $candidate ]] && line=/ || line=
			COMPREPLY+=("$(printf %q "$candidate")$line")
		done < <(compgen -f -- "${word#"$before"}")
	elif [[ $files ]]; then
		compopt -o "$files"
	fi
	if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[:/=] ]]; then
		compopt -o nospace
	fi
}

complete -F _slim slim
