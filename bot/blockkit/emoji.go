package blockkit

import "regexp"

// emojiName is an emoji by its name in Slack.
var emojiName = regexp.MustCompile(`:[a-z0-9_+-]+:`)

// emoji are those that screens of the bot or of its people are likely to hold.
// Another one is shown by its name.
var emoji = map[string]string{
	"+1": "👍", "-1": "👎", "arrow_down": "⬇️", "arrow_right": "➡️", "arrow_up": "⬆️", "bar_chart": "📊", "bell": "🔔", "bulb": "💡",
	"calendar": "📅", "chart_with_downwards_trend": "📉", "chart_with_upwards_trend": "📈", "eyes": "👀", "file_folder": "📁", "gear": "⚙️",
	"globe_with_meridians": "🌐", "hourglass_flowing_sand": "⏳", "information_source": "ℹ️", "key": "🔑", "link": "🔗", "lock": "🔒",
	"mag": "🔍", "memo": "📝", "no_entry": "⛔", "no_entry_sign": "🚫", "ok_hand": "👌", "pencil2": "✏️", "pushpin": "📌", "question": "❓",
	"rocket": "🚀", "rotating_light": "🚨", "smile": "😄", "sparkles": "✨", "star": "⭐", "tada": "🎉", "thinking_face": "🤔", "wave": "👋",
	"white_check_mark": "✅", "warning": "⚠️", "x": "❌", "zap": "⚡",
}

// emojis puts emoji in the place of their names.
func emojis(s string) string {
	return emojiName.ReplaceAllStringFunc(s, func(name string) string {
		if e, ok := emoji[name[1:len(name)-1]]; ok {
			return e
		}
		return name
	})
}
