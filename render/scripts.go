package render

// scriptSample is a script and a few characters of it.
type scriptSample struct{ name, text string }

// scriptSamples are the scripts whose fonts are too large to embed.
func scriptSamples() []scriptSample {
	return []scriptSample{{"Chinese", "北京"}, {"Japanese", "ひらカナ"}, {"Korean", "서울"}, {"emoji", "🚀🎉"}}
}

// MissingScripts names the scripts that this Painter has no font for. Text in
// them is written in pictures as code points, and in full beside them.
func (p *Painter) MissingScripts() []string {
	e := newEngine(p.fonts)
	var missing []string
	for _, s := range scriptSamples() {
		if _, _, replaced := e.resolve(s.text, false); replaced {
			missing = append(missing, s.name)
		}
	}
	return missing
}
