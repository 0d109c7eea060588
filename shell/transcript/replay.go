package transcript

import (
	"context"
	"fmt"
	"io"
	"os"

	"zoosh/internal/english"
	"zoosh/internal/localfile"
	"zoosh/shell"
)

// Test replays files one after the other and writes to w which of them pass, and
// what differs in the others. With update those that differ are rewritten, and
// replayed again to make sure of them. It returns how many failed; the error is
// about w or ctx.
func Test(ctx context.Context, w io.Writer, files []string, update bool, opt Options) (failed int, err error) {
	for _, file := range files {
		report, ok := testFile(ctx, file, update, opt)
		if err := ctx.Err(); err != nil {
			return failed, fmt.Errorf("%s: %w", file, err)
		}
		if !ok {
			failed++
		}
		if _, err := io.WriteString(w, shell.Printable(report)); err != nil {
			return failed, fmt.Errorf("report on %s: %w", file, err)
		}
	}
	return failed, nil
}

// TestPage replays a page that has been read and writes to w whether it passes, or
// what differs.
func TestPage(ctx context.Context, w io.Writer, page *Page, opt Options) (ok bool, err error) {
	res, err := Run(ctx, page, opt)
	switch {
	case ctx.Err() != nil:
		return false, fmt.Errorf("%s: %w", page.File, ctx.Err())
	case err != nil:
		_, err = fmt.Fprintf(w, "FAIL %s\n%s\n", shell.PrintableLine(page.File), shell.Printable(err.Error()))
		return false, err
	case len(res.Diffs) > 0:
		_, err = fmt.Fprintf(w, "FAIL %s\n%s", shell.PrintableLine(page.File), shell.Printable(res.String()))
		return false, err
	}
	_, err = fmt.Fprintf(w, "ok   %s (%s)\n", shell.PrintableLine(page.File), res.count())
	return true, err
}

// testFile replays a file and reports on it.
func testFile(ctx context.Context, file string, update bool, opt Options) (report string, ok bool) {
	name := shell.PrintableLine(file)
	fail := func(err error) (string, bool) { return fmt.Sprintf("FAIL %s\n%v\n", name, err), false }
	if update {
		if err := rewritable(file); err != nil {
			return fail(err)
		}
	}
	src, err := ReadFile(file)
	if err != nil {
		return fail(err)
	}
	page, res, err := replay(ctx, file, src, opt)
	if err != nil {
		return fail(err)
	}
	if len(res.Diffs) == 0 {
		return fmt.Sprintf("ok   %s (%s)\n", name, res.count()), true
	}
	if !update {
		return fmt.Sprintf("FAIL %s\n%v", name, res), false
	}
	places := english.Count(res.places(), "place")
	updated := Update(page, res)
	_, again, err := replay(ctx, file, updated, opt)
	if err != nil {
		return fail(fmt.Errorf("the updated page: %w", err))
	}
	if len(again.Diffs) > 0 {
		return fmt.Sprintf("FAIL %s: not updated, for it differs each time that it is replayed\n%v", name, again), false
	}
	if err := localfile.Rewrite(file, src, updated); err != nil {
		return fail(err)
	}
	return fmt.Sprintf("new  %s (%s; %s rewritten)\n", name, again.count(), places), true
}

// replay reads a page and replays it.
func replay(ctx context.Context, file string, src []byte, opt Options) (*Page, *Result, error) {
	page, err := Parse(file, src)
	if err != nil {
		return nil, nil, err
	}
	if len(page.Blocks) == 0 {
		return nil, nil, fmt.Errorf("%s: there is no block that begins with ```zk", file)
	}
	res, err := Run(ctx, page, opt)
	return page, res, err
}

// rewritable tells why a page is not to be rewritten. What it says goes into the file of its
// own name alone, and not where a link leads that came with it.
func rewritable(file string) error {
	if err := localfile.Rewritable(file); err != nil {
		return err
	}
	if info, err := os.Lstat(file); err == nil && info.Mode()&os.ModeSymlink != 0 {
		return fmt.Errorf("%s is a symbolic link: -update rewrites a page under its own name alone", file)
	}
	return nil
}

// maxPage is how long a page may be: each of its lines is held, and a device has no end.
const maxPage = 16 << 20

// ReadFile reads the file of a page.
func ReadFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxPage+1))
	if err == nil && len(src) > maxPage {
		return nil, fmt.Errorf("%s: it has more than %d MiB, which is too long for a page", file, maxPage>>20)
	}
	return src, err
}

func (r *Result) count() string {
	return english.Count(r.Commands, "command") + ", " + english.Count(r.Events, "event")
}

// places counts the differences whose place Update rewrites.
func (r *Result) places() int {
	n := 0
	for _, d := range r.Diffs {
		if !d.ambiguous || r.edits[d.Line-1] != nil {
			n++
		}
	}
	return n
}
