package sqlsource

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind is the sort of a piece of SQL.
type tokenKind int

const (
	tokenSpace tokenKind = iota
	tokenComment
	tokenWord        // a keyword or a plain identifier
	tokenQuoted      // "…", `…` or […]: a quoted identifier
	tokenString      // '…'
	tokenNumber      // 12, 1.5, 1e9, 0xff
	tokenPunct       // one character of anything else
	tokenBind        // ?, ?1, :name, @name, $name
	tokenPlaceholder // {{name}}
	tokenBad         // something that was opened and never closed
)

// token is a piece of SQL and where it begins, in bytes.
type token struct {
	kind tokenKind
	text string
	at   int
}

// is reports whether the token is this keyword, in any case.
func (t token) is(keyword string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, keyword)
}

// tokenise splits SQL into tokens whose texts joined are the input again. It
// knows what must be known to tell text from code: strings, quoted
// identifiers, comments and our placeholders.
func tokenise(sql string) []token {
	var tokens []token
	for at := 0; at < len(sql); {
		kind, size := scan(sql[at:])
		tokens = append(tokens, token{kind: kind, text: sql[at : at+size], at: at})
		at += size
	}
	return tokens
}

// scan returns the kind and the size, at least 1, of the token s begins with.
func scan(s string) (tokenKind, int) {
	switch c := s[0]; {
	case strings.HasPrefix(s, "--"):
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return tokenComment, end
		}
		return tokenComment, len(s)
	case strings.HasPrefix(s, "/*"):
		if end := strings.Index(s[2:], "*/"); end >= 0 {
			return tokenComment, end + 4
		}
		return tokenBad, len(s)
	case strings.HasPrefix(s, "{{"):
		if end := strings.Index(s, "}}"); end >= 0 {
			return tokenPlaceholder, end + 2
		}
		return tokenBad, len(s)
	case c == '\'':
		return closed(s, '\'', tokenString)
	case c == '"' || c == '`':
		return closed(s, c, tokenQuoted)
	case c == '[':
		if end := strings.IndexByte(s, ']'); end >= 0 {
			return tokenQuoted, end + 1
		}
		return tokenBad, len(s)
	case strings.HasPrefix(s, "::"): // a cast
		return tokenPunct, 2
	case c == '?' || c == '$' || c == '@' || c == ':':
		return tokenBind, 1 + wordSize(s[1:])
	case c >= '0' && c <= '9':
		return tokenNumber, numberSize(s)
	}
	if n := spaceSize(s); n > 0 {
		return tokenSpace, n
	}
	if n := wordSize(s); n > 0 {
		return tokenWord, n
	}
	_, n := utf8.DecodeRuneInString(s)
	return tokenPunct, n
}

// closed returns the size of a token between two quotes; a doubled quote
// stands for itself.
func closed(s string, quote byte, kind tokenKind) (tokenKind, int) {
	for i := 1; i < len(s); i++ {
		if s[i] != quote {
			continue
		}
		if i+1 < len(s) && s[i+1] == quote {
			i++
			continue
		}
		return kind, i + 1
	}
	return tokenBad, len(s)
}

// wordSize returns how many bytes of s belong to an identifier.
func wordSize(s string) int {
	n := 0
	for _, r := range s {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		n += utf8.RuneLen(r)
	}
	return n
}

// spaceSize returns how many bytes of s are white space.
func spaceSize(s string) int {
	return len(s) - len(strings.TrimLeft(s, " \t\r\n\f\v"))
}

// numberSize returns the size of the number s begins with.
func numberSize(s string) int {
	n := 0
	for n < len(s) {
		c := s[n]
		exponent := n > 0 && (c == '+' || c == '-') && (s[n-1] == 'e' || s[n-1] == 'E') && !strings.HasPrefix(s, "0x")
		if c == '$' || c != '.' && !exponent && wordSize(s[n:n+1]) == 0 { // 1$$ begins a text of PostgreSQL
			break
		}
		n++
	}
	return n
}
