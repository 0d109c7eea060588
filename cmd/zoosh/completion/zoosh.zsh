#compdef zoosh
# Completion of zoosh's words for zsh: source <(zoosh completion zsh), after compinit,
# or this as a file _zoosh in a folder of fpath.
_zoosh() {
	local line text files tab=$'\t'
	local -a parts whole open
	for line in "${(@f)$("${words[1]/#\~/$HOME}" complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
		if [[ $line == @files ]]; then
			files=yes
			continue
		fi
		parts=("${(@ps:$tab:)line}")
		text=${parts[2]//:/\\:}
		case ${parts[1]} in
			+) whole+=("$text:${parts[3]}") ;;
			-) open+=("$text:${parts[3]}") ;;
		esac
	done
	[[ -n $files ]] && _files
	(( $#whole )) && _describe zoosh whole
	(( $#open )) && _describe zoosh open -S ''
	(( $#whole + $#open )) || [[ -n $files ]]
}
if [[ ${funcstack[1]} == _zoosh ]]; then
	_zoosh "$@"
else
	compdef _zoosh zoosh
fi
