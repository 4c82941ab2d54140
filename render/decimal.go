package render

import (
	"strconv"
	"strings"

	"insightbot/insight"
)

// decimal is a finite number by its shortest decimal digits: 0.d₁d₂… × 10^exp.
// Numbers are rounded on these and not on the binary value, because people
// check them against the decimals they see: 38.65 is 38.649999… in binary.
type decimal struct {
	neg    bool
	digits string // no leading or trailing zeros; "" is zero
	exp    int
}

// decimalOf returns the decimal of v; zero for a v that is not finite.
func decimalOf(v float64) decimal {
	if _, odd := special(v); odd {
		return decimal{}
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	e, err := strconv.Atoi(exponent)
	if err != nil {
		return decimal{}
	}
	neg := strings.HasPrefix(mantissa, "-")
	digits := strings.TrimRight(strings.Replace(strings.TrimPrefix(mantissa, "-"), ".", "", 1), "0")
	if digits == "" {
		return decimal{}
	}
	d := decimal{neg: neg, digits: digits, exp: e + 1}
	if len(digits) > max(15, d.exp) {
		// Beyond 15 digits lies only the noise of binary arithmetic; with it
		// 0.1 + 0.9 − 0.2 + 0.2 would be "nearly 100 %".
		d = d.round(15 - d.exp)
	}
	return d
}

// shift multiplies by 10^n.
func (d decimal) shift(n int) decimal {
	if d.digits != "" {
		d.exp += n
	}
	return d
}

// abs drops the sign.
func (d decimal) abs() decimal {
	d.neg = false
	return d
}

// places is how many decimals the number has.
func (d decimal) places() int {
	return max(0, len(d.digits)-d.exp)
}

// less and more compare the number without its sign with a power of ten that
// has a one before its last n zeros: 100, 1000.
func (d decimal) less(power int) bool { return d.digits == "" || d.exp < len(strconv.Itoa(power)) }
func (d decimal) more(power int) bool { return !d.less(power) && d.digits != "1" }

// round keeps n decimals, half away from zero; n may be negative.
func (d decimal) round(n int) decimal {
	keep := d.exp + n
	if d.digits == "" || keep >= len(d.digits) {
		return d
	}
	if keep < 0 {
		return decimal{}
	}
	up := d.digits[keep] >= '5'
	kept := []byte(d.digits[:keep])
	if up {
		i := len(kept) - 1
		for ; i >= 0 && kept[i] == '9'; i-- {
			kept[i] = '0'
		}
		if i >= 0 {
			kept[i]++
		} else {
			kept = append([]byte{'1'}, kept...)
			d.exp++
		}
	}
	d.digits = strings.TrimRight(string(kept), "0")
	if d.digits == "" {
		return decimal{}
	}
	return d
}

// fixed writes the number without its sign, with exactly n decimals.
func (d decimal) fixed(n int) string {
	d = d.round(n)
	whole, part := "0", ""
	switch {
	case d.digits == "":
	case d.exp <= 0:
		part = strings.Repeat("0", -d.exp) + d.digits
	case d.exp >= len(d.digits):
		whole = d.digits + strings.Repeat("0", d.exp-len(d.digits))
	default:
		whole, part = d.digits[:d.exp], d.digits[d.exp:]
	}
	if n <= 0 {
		return whole
	}
	return whole + "." + part + strings.Repeat("0", n-len(part))
}

// signed puts a true minus before the text of a negative number. A number that
// was rounded to nothing has no sign, and "less than 0.1" becomes "more than
// −0.1" below zero.
func signed(d decimal, body string) string {
	switch {
	case !d.neg || isZeroText(body):
		return body
	case strings.HasPrefix(body, "<"):
		return ">−" + body[1:]
	case strings.HasPrefix(body, ">"):
		return "<−" + body[1:]
	}
	return "−" + body
}

// atLeast turns a zero that only rounding made into "less than the last
// place", because a zero that is none misleads.
func atLeast(d decimal, body string, places int) string {
	if places <= 0 || d.digits == "" || !isZeroText(body) {
		return body
	}
	return "<" + decimal{digits: "1", exp: 1 - places}.fixed(places)
}

// isZeroText reports whether a written number is zero.
func isZeroText(s string) bool {
	return strings.Trim(s, "0.") == ""
}

// trimZeros drops decimals that say nothing.
func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// group puts a comma between the thousands.
func group(s string) string {
	whole, part, cut := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if cut {
		return whole + "." + part
	}
	return whole
}

// compact writes a number that is not negative in at most five glyphs. places
// is how many decimals it keeps below a thousand.
func compact(d decimal, places int) string {
	if small := d.round(places); small.exp <= 3 {
		return atLeast(d, trimZeros(small.fixed(places)), places)
	}
	if whole := d.round(0); whole.exp <= 4 {
		return group(whole.fixed(0))
	}
	return suffixed(d)
}

// suffixed writes a number of at least a thousand with a suffix.
func suffixed(d decimal) string {
	for i, suffix := range []string{"k", "M", "B", "T"} {
		scaled := d.shift(-3 * (i + 1))
		if r := scaled.round(1); r.exp <= 2 {
			return trimZeros(r.fixed(1)) + suffix
		}
		if r := scaled.round(0); r.exp <= 3 {
			return r.fixed(0) + suffix
		}
	}
	// Nothing anybody counts; only the size is worth its place.
	lead := d.round(1 - d.exp)
	return lead.digits + "e" + strconv.Itoa(lead.exp-1)
}

// shortPlaces is how many decimals a number below a thousand keeps: three
// digits in all, two for money, never more than the insight allows.
func shortPlaces(f insight.Format, v float64) int {
	d := decimalOf(v)
	places := 0
	switch {
	case d.places() == 0:
	case f.Kind == insight.FormatCurrency && d.exp <= 2:
		places = minorDigits(f.Currency)
	case d.exp >= 2:
		places = 1
	case d.exp >= 0:
		places = 2
	default:
		places = 3
	}
	if f.Decimals >= 0 {
		places = min(places, f.Decimals)
	}
	return places
}

// commonPlaces is how many decimals the values below a thousand need together,
// cut so that the largest of them stays within five glyphs.
func commonPlaces(f insight.Format, vs []float64) int {
	need, limit := 0, 3
	for _, v := range vs {
		d := decimalOf(v)
		if d.exp > 3 || d.digits == "" {
			continue
		}
		places := shortPlaces(f, v)
		if f.Kind != insight.FormatCurrency {
			places = min(places, d.places()) // cents are written in pairs
		}
		need = max(need, places)
		limit = min(limit, max(1, 4-d.exp))
	}
	return min(need, limit)
}
