package main

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"zoosh/internal/profile"
	"zoosh/internal/server"
	"zoosh/roles"
	"zoosh/shell"
	"zoosh/shell/transcript"
	"zoosh/tui"
)

// runTUI shows the TUI until its user leaves.
func runTUI(ctx context.Context, cfg shell.Config, at *target, o *options, std stdio, rec *transcript.Recording) int {
	where := o.profile.name
	if at.embedded != nil {
		where = "embedded"
	}
	return showTUI(ctx, tui.Config{
		Shell: cfg, Where: where, StatusColor: o.profile.colour, ASCII: o.ascii, Language: localeLanguage(),
		Recording: rec, Asks: at.asks(),
	}, std)
}

// playInTUI plays a lesson in the TUI, or lists the lessons there if it is nil: then
// beside a shell on an embedded server.
func playInTUI(o *playOptions, lesson *roles.Lesson, std stdio) int {
	ctx, stop := untilSignal(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	cfg := tui.Config{
		ASCII: o.ascii, Language: o.language,
		Lesson: lesson, LessonTurn: o.turn, LessonPace: o.pace, Menu: lesson == nil,
		LessonTarget: o.target, LessonAllow: o.allow,
	}
	if lesson == nil {
		at, err := embed(std.err, server.Config{})
		if err != nil {
			complain(std.err, "zoosh: play:", err)
			return codeFailed
		}
		defer at.close(std.err)
		cfg.Shell, cfg.Where = at.shellConfig(&options{limits: o.limits}), "embedded"
		cfg.Shell.Typed, cfg.Shell.Profile = true, profileTarget
	}
	return showTUI(ctx, cfg, std)
}

// showTUI shows the TUI with what it has of earlier runs.
func showTUI(ctx context.Context, cfg tui.Config, std stdio) int {
	history, _ := openHistory() // nil, if there is none to be had, keeps nothing
	cfg.History, cfg.Remember = history.Lines(), history.Add
	cfg.Finished, cfg.Finish = finishedLessons(), keepFinished
	file := &profile.File{}
	if _, err := profile.Path(); err == nil { // else there is no place for such a file
		if file, err = readProfiles(); err != nil {
			return failTUI(std, err)
		}
	}
	for _, b := range file.Bindings {
		cfg.Keys = append(cfg.Keys, tui.Binding{Action: b.Action, Keys: b.Keys})
	}
	code, err := tui.Run(ctx, cfg)
	if signalled, ended := signalCode(ctx); ended {
		return signalled // what went wrong then is that the terminal had gone
	}
	var binding *tui.BindingError
	if errors.As(err, &binding) {
		err = file.BindingError(file.Bindings[binding.At], binding.Why)
	}
	if err != nil {
		return failTUI(std, err)
	}
	return code
}

// failTUI says why the TUI was not shown, or ended.
func failTUI(std stdio, err error) int {
	fmt.Fprintln(std.err, "zoosh:", std.safeFor(std.err)(err.Error()))
	return codeFailed
}
