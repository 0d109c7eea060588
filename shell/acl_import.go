package shell

import (
	"fmt"
	"strings"

	"zoosh/internal/export"
	"zoosh/internal/wire"
)

// plannedACLs is what is to be known of the ACLs that a plan would set.
type plannedACLs struct {
	locked []string // znodes whose ACL only a superuser could change again
	masked []string // those that name digests as getAcl masks them, by which nobody is known
}

// judgeACLs refuses a plan with an ACL that no server takes, before half of it is done.
func judgeACLs(plan *export.Plan) (p plannedACLs, err error) {
	for _, list := range [][]*export.Znode{plan.Create, plan.Set} {
		for _, z := range list {
			acl, err := z.WireACL()
			if err == nil {
				err = p.judge(export.Below(plan.Root, z.Path), acl)
			}
			if err != nil {
				return p, failf("import: the ACL of %s is malformed, and nothing was done: %v", z.Path, err)
			}
		}
	}
	return p, nil
}

func (p *plannedACLs) judge(path string, acl []wire.ACL) error {
	masked := false
	for _, a := range acl {
		fault := identityFault(a.Scheme, a.ID)
		switch {
		case fault == "":
		case a.Scheme == "digest" && strings.Count(a.ID, ":") == 1:
			masked = masked || strings.HasSuffix(a.ID, ":x")
		default:
			return failf("%s", fault)
		}
	}
	if masked {
		p.masked = append(p.masked, path)
	}
	if lacksAdmin(acl) {
		p.locked = append(p.locked, path)
	}
	return nil
}

// warning goes before the question whether to do it.
func (p *plannedACLs) warning() string {
	if len(p.locked) == 0 {
		return ""
	}
	return fmt.Sprintf("Only a superuser could change the ACL of %s again. ", someOf(p.locked))
}

// say tells what was, or would be, set.
func (p *plannedACLs) say(c *Call) {
	if len(p.masked) == 0 {
		return
	}
	text := "ACLs name digests that the export has masked (:x), so that nobody is known by them: " + someOf(p.masked)
	if c.sh.cfg.Typed {
		c.errln("%s", text)
	} else {
		c.warn("%s", text)
	}
}

// someOf is the first of the paths.
func someOf(paths []string) string {
	shown := strings.Join(paths[:min(len(paths), shownNames)], ", ")
	if more := len(paths) - shownNames; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return shown
}
