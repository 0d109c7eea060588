# Completion of zoosh's words for bash: source <(zoosh completion bash)
_zoosh() {
	local reply program=${COMP_WORDS[0]/#\~/$HOME}
	COMPREPLY=()
	while IFS= read -r reply; do
		if [[ $reply == @files ]]; then
			compopt +o nospace -o filenames 2>/dev/null # bash 3 has none
			while IFS= read -r reply; do
				COMPREPLY+=("$reply")
			done < <(compgen -f -- "$2")
		else
			COMPREPLY+=("$reply")
		fi
	done < <("$program" complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -o nospace -F _zoosh zoosh
