package main

func runPlay(args []string, std stdio) int { return 0 }
