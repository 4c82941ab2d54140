package web

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"insightbot/chat"
)

// errCall says that what was sent names no call.
var errCall = errors.New("web: not a call")

var commandName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// encodeCall writes a call as one form value: "ask?insight=demo%2Fsignups".
// Equal calls give equal text.
func encodeCall(c chat.Call) string {
	if len(c.Args) == 0 {
		return c.Command
	}
	return c.Command + "?" + values(c.Args).Encode()
}

// decodeCall reads what encodeCall wrote. It is given what a browser sent, so
// anything can be in it.
func decodeCall(text string) (chat.Call, error) {
	command, query, _ := strings.Cut(text, "?")
	if !commandName.MatchString(command) {
		return chat.Call{}, errCall
	}
	v, err := url.ParseQuery(query)
	if err != nil {
		return chat.Call{}, fmt.Errorf("%w: %w", errCall, err)
	}
	return chat.Call{Command: command, Args: args(v)}, nil
}

// encodeChoice writes a call and the label it is offered under, so that a
// pressed button reads in the conversation as it did on the button.
func encodeChoice(c chat.Call, label string) string {
	return encodeCall(c) + "#" + url.QueryEscape(label)
}

// decodeChoice reads what encodeChoice wrote. The label may be missing.
func decodeChoice(text string) (c chat.Call, label string, err error) {
	call, escaped, _ := strings.Cut(text, "#")
	if c, err = decodeCall(call); err != nil {
		return chat.Call{}, "", err
	}
	if label, err = url.QueryUnescape(escaped); err != nil {
		return chat.Call{}, "", fmt.Errorf("%w: %w", errCall, err)
	}
	return c, typed(label), nil
}

// args makes arguments of form values. Those of one name, such as the boxes of
// a field that takes several, are joined by commas; an empty one is absent.
func args(v url.Values) chat.Args {
	a := chat.Args{}
	// In order, so that of two names that are cleaned to one the same counts
	// every time.
	for _, sent := range slices.Sorted(maps.Keys(v)) {
		var list []string
		for _, one := range v[sent] {
			if one = typed(one); one != "" {
				list = append(list, one)
			}
		}
		name, value := typed(sent), strings.Join(list, ",")
		if _, taken := a[name]; name != "" && value != "" && !taken {
			a[name] = value
		}
	}
	return a
}

// values is the reverse of args.
func values(a chat.Args) url.Values {
	v := make(url.Values, len(a))
	for name, value := range a {
		v.Set(name, value)
	}
	return v
}

// typed cleans what a person typed of what no keyboard makes: control
// characters other than line ends and tabs, and broken UTF-8.
func typed(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// address is where a read-only call can be looked at as a page.
func (s *Server) address(c chat.Call) string {
	path, rest := "/c/"+url.PathEscape(c.Command), c.Args
	for _, p := range s.config.Pages {
		if p.Command != c.Command {
			continue
		}
		if p.Arg == "" {
			path = p.Path
			break
		}
		if tail, ok := pathTail(c.Args[p.Arg]); ok {
			path, rest = p.Path+tail, c.With(p.Arg, "").Args
			break
		}
	}
	if len(rest) == 0 {
		return path
	}
	return path + "?" + values(rest).Encode()
}

// pathTail writes an id as the end of a path. It reports false for ids that a
// path would change: with empty segments, or dots that mean "up".
func pathTail(id string) (string, bool) {
	segments := strings.Split(id, "/")
	for i, seg := range segments {
		if seg == "" || seg == "." || seg == ".." {
			return "", false
		}
		segments[i] = url.PathEscape(seg)
	}
	return strings.Join(segments, "/"), true
}

// checkPages refuses pages whose addresses would collide.
func checkPages(pages []Page) error {
	taken := map[string]bool{
		"chat": true, "message": true, "as": true, "theme": true, "c": true,
		"files": true, "assets": true, "healthz": true, "favicon.ico": true, "sign-in": true, "sign-out": true, "": true,
	}
	seen := map[string]bool{}
	for _, p := range pages {
		first, _, _ := strings.Cut(strings.TrimPrefix(p.Path, "/"), "/")
		switch {
		case !strings.HasPrefix(p.Path, "/") || strings.ContainsAny(p.Path, "{} ?#"):
			return fmt.Errorf("web: page %q is not an address", p.Path)
		case taken[first] || seen[p.Path]:
			return fmt.Errorf("web: the address %s is taken", p.Path)
		case (p.Arg != "") != strings.HasSuffix(p.Path, "/"):
			return fmt.Errorf("web: page %s must end in a slash exactly if it takes an argument", p.Path)
		case !commandName.MatchString(p.Command):
			return fmt.Errorf("web: page %s names no command", p.Path)
		}
		seen[p.Path] = true
	}
	return nil
}

// safeNext returns a path of this server to go back to, or "/".
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// safeURL returns a web address to link to, or "" for anything else: a data
// source decides about links, and "javascript:" is one.
func safeURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
