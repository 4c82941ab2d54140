package render

// drawEmpty draws the card for a result without data. It says for which period
// there is none, so that nobody takes it for zero.
func drawEmpty(s *sheet) {
	s.open(cardWidth, cardHeight)
	y := s.cardHead()
	mid := (y + cardHeight - margin) / 2
	s.rect(margin, y+16, cardWidth-2*margin, cardHeight-margin-y-16, 6, s.colors.track)
	style := style{size: sizeTitle, bold: true, color: s.colors.second, role: "empty"}
	s.text(cardWidth/2, mid+16/2+capHeight*sizeTitle/2, "No data", style.center())
}
