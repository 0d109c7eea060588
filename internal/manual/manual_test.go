package manual

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every page is listed, and every topic has a page that begins with its title.
func TestTopicsArePages(t *testing.T) {
	known := map[string]bool{}
	for _, topic := range Topics() {
		known[topic.Name] = true
		page, ok := Page(topic.Name)
		if !ok || !strings.HasPrefix(page, "# ") || topic.Summary == "" {
			t.Errorf("%s: found %v, summary %q, it begins with %.20q", topic.Name, ok, topic.Summary, page)
		}
	}
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range pages {
		if !known[strings.TrimSuffix(page, ".md")] {
			t.Errorf("%s is listed nowhere", page)
		}
	}
	if page, ok := Page("../manual"); ok {
		t.Errorf("a page that is none: %q", page)
	}
}

// link is one of Markdown's, with its text and where it leads.
var link = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]+)\)`)

// unquoted is a page without what is shown as it stands.
func unquoted(page string) string {
	page = regexp.MustCompile("(?ms)^(````?)[a-z].*?^````?$").ReplaceAllString(page, "")
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(page, "")
}

// slug is a heading as forges name it in links.
func slug(heading string) string {
	heading = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading), "")
	return strings.ReplaceAll(heading, " ", "-")
}

// Links within the project lead to what is there. One to another page says which.
func TestLinks(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		src, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(unquoted(string(src)), -1) {
			text, to := m[1], m[2]
			if strings.Contains(to, "://") {
				continue
			}
			to, anchor, _ := strings.Cut(to, "#")
			target := page
			if to != "" {
				target = filepath.Join(filepath.Dir(page), to)
			}
			dest, err := os.Stat(target)
			if err != nil {
				t.Errorf("%s: [%s](%s): %v", page, text, to, err)
				continue
			}
			if name := strings.TrimSuffix(to, ".md"); filepath.Dir(target) == "." && name != "" && text != name {
				t.Errorf("%s: the text of [%s](%s) is not the topic", page, text, to)
			}
			if anchor != "" && !dest.IsDir() && !hasHeading(t, target, anchor) {
				t.Errorf("%s: %s has no heading #%s", page, target, anchor)
			}
		}
	}
}

func hasHeading(t *testing.T, page, anchor string) bool {
	t.Helper()
	src, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(src)) {
		if heading := strings.TrimLeft(line, "#"); heading != line && slug(strings.TrimSpace(heading)) == anchor {
			return true
		}
	}
	return false
}

// The files and tests that are named to who carries on are there.
func TestMaintainersPage(t *testing.T) {
	src, err := os.ReadFile("maintainers.md")
	if err != nil {
		t.Fatal(err)
	}
	files := regexp.MustCompile("`([a-z]+/[a-z0-9_/*]+\\.(?:go|md))`").FindAllStringSubmatch(string(src), -1)
	for _, m := range files {
		if found, err := filepath.Glob(filepath.Join("..", "..", m[1])); err != nil || len(found) == 0 {
			t.Errorf("there is no %s", m[1])
		}
	}
	var tests strings.Builder
	all, err := filepath.Glob(filepath.Join("..", "..", "shell", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	named := regexp.MustCompile("`(Test[A-Z]\\w+)`").FindAllStringSubmatch(string(src), -1)
	for _, m := range named {
		if !strings.Contains(tests.String(), "func "+m[1]+"(") {
			t.Errorf("there is no %s", m[1])
		}
	}
	if len(files) < 15 || len(named) < 4 {
		t.Errorf("only %d files and %d tests are named", len(files), len(named))
	}
}
