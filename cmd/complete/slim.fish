# Completes slim's command line in fish. `slim completion fish` prints this file.
# slim itself knows the candidates: see cmd/complete/complete.h.

# The paths that complete the end of a word, each with the beginning of the word ("--report=").
function __slim_paths
    set -l before (string match -r -- '^--[^=]*=' $argv[2])
    for path in ($argv[1] (string replace -r -- '^--[^=]*=' '' $argv[2]))
        printf '%s%s\n' "$before" $path
    end
end

function __slim_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    printf '%s\0' $words[2..-1] "$word" | $words[1] __complete 2>/dev/null | while read -l line
        switch $line
            case ':files'
                __slim_paths __fish_complete_path "$word"
            case ':directories'
                __slim_paths __fish_complete_directories "$word"
            case '*'
                printf '%s\n' $line
        end
    end
end

complete -c slim -f -a '(__slim_complete)'
