# Completion of zoosh's words for fish: zoosh completion fish | source
function __zoosh_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l open
    set -l count 0
    for line in ($words[1] complete fish $words[2..] "$current" 2>/dev/null)
        set count (math $count + 1)
        if test "$line" = @files
            __fish_complete_path "$current"
            continue
        end
        set -l parts (string split \t -- $line)
        printf '%s\t%s\n' $parts[2] "$parts[3]"
        if test "$parts[1]" = -
            set open $parts[2]
        end
    end
    # fish puts a blank behind the only candidate: below a path there may be more.
    if test $count = 1; and string match -q '/*' -- "$open"; and test "$open" != /
        printf '%s\n' "$open/"
    end
end
complete -c zoosh -f -a '(__zoosh_complete)'
