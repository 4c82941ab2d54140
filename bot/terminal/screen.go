package terminal

import (
	"os"
	"strings"

	"golang.org/x/term"

	"insightbot/chat"
)

// Screen says what a terminal can do.
type Screen struct {
	// Width is in cells.
	Width int
	// Styled terminals take escape sequences for bold and colours.
	Styled bool
	// Images is the way the terminal shows pictures; "" when it cannot.
	Images ImageProtocol
	Theme  chat.Theme
}

// ImageProtocol is a way to show a picture in a terminal.
type ImageProtocol string

// The protocols.
const (
	NoImages ImageProtocol = ""
	Kitty    ImageProtocol = "kitty"
	ITerm2   ImageProtocol = "iterm2"
	Sixel    ImageProtocol = "sixel"
)

// DetectScreen finds out what f can do from its kind and the environment. A
// file or a pipe is plain text, 100 cells wide.
func DetectScreen(f *os.File, getenv func(string) string) Screen {
	s := Screen{Width: 100, Theme: chat.Light}
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return s
	}
	if w, _, err := term.GetSize(fd); err == nil && w > 0 {
		s.Width = w
	}
	s.Styled = getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	s.Images = images(getenv)
	s.Theme = theme(getenv)
	return s
}

// images picks the protocol that the terminal says, or is known, to take.
func images(getenv func(string) string) ImageProtocol {
	switch p := ImageProtocol(strings.ToLower(getenv("INSIGHTBOT_IMAGES"))); p {
	case Kitty, ITerm2, Sixel:
		return p
	case "none":
		return NoImages
	default:
	}
	program, name := getenv("TERM_PROGRAM"), getenv("TERM")
	switch {
	case getenv("TMUX") != "" || strings.HasPrefix(name, "screen"):
		// A multiplexer swallows the sequences of the terminal around it.
		return NoImages
	case getenv("KITTY_WINDOW_ID") != "" || strings.Contains(name, "kitty") || program == "ghostty":
		return Kitty
	case program == "iTerm.app" || program == "WezTerm" || program == "mintty" || getenv("LC_TERMINAL") == "iTerm2":
		return ITerm2
	case strings.Contains(name, "sixel") || strings.HasPrefix(name, "foot") || strings.HasPrefix(name, "mlterm"):
		return Sixel
	}
	return NoImages
}

// theme guesses the background from COLORFGBG, which many terminals set to
// "foreground;background".
func theme(getenv func(string) string) chat.Theme {
	v := getenv("COLORFGBG")
	switch v[strings.LastIndexByte(v, ';')+1:] {
	case "0", "1", "2", "3", "4", "5", "6", "8":
		return chat.Dark
	}
	return chat.Light
}

func (s Screen) style(code, text string) string {
	if !s.Styled || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s Screen) bold(text string) string { return s.style("1", text) }

func (s Screen) dim(text string) string { return s.style("2", text) }

func (s Screen) yellow(text string) string { return s.style("33", text) }

func (s Screen) red(text string) string { return s.style("31", text) }
