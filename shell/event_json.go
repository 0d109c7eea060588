package shell

import (
	"zoosh/internal/session"
	"zoosh/internal/wire"
)

// What is printed between results, where JSON is: objects with the name event, which no
// result has.

// jsonEvent is an event. Event is watch, connection or lost; the words of Type and State
// are those of zkCli's WatchedEvent.
type jsonEvent struct {
	Event   string `json:"event"`
	Type    string `json:"type,omitempty"` // of watch
	State   string `json:"state,omitempty"`
	Path    string `json:"path,omitempty"` // of watch
	Zxid    string `json:"zxid,omitempty"` // of watch, from servers that tell it
	Session string `json:"session,omitempty"`
	Name    string `json:"name,omitempty"`  // of the session, where it has one
	Error   string `json:"error,omitempty"` // of connection: why
	Count   int    `json:"count,omitempty"` // of lost: how many events are missing here
}

// eventObject is an event of the session of that name as a line.
func eventObject(name string, ev session.Event) string {
	o := jsonEvent{Event: "watch", State: ev.State.String(), Name: name}
	if ev.SessionID != 0 {
		o.Session = hex(ev.SessionID)
	}
	if ev.Type == wire.EventNone {
		o.Event = "connection"
		if ev.Err != nil {
			o.Error = ev.Err.Error()
		}
		return eventLine(o)
	}
	o.Type, o.Path = ev.Type.String(), ev.Path
	if ev.Zxid >= 0 {
		o.Zxid = hex(ev.Zxid)
	}
	return eventLine(o)
}

func lostObject(it *Item) string {
	return eventLine(jsonEvent{Event: "lost", Name: it.Shell, Count: it.Count})
}

func eventLine(o jsonEvent) string {
	line, _ := objectLine(o) // texts and a number can be written
	return line
}
