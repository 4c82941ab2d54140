package render

import (
	"math"
	"strings"

	"insightbot/insight"
)

// NoValue is what is printed where there is no number. A missing value is
// never printed as zero.
const NoValue = "–"

// Short writes v compactly for charts and sentences, in at most five glyphs
// beside sign and unit: 861, 1,234, 12.3k, 1.2M. It rounds half away from zero
// on the decimal value, so 38650 is 38.7k and 999950 is 1M. Percentages have
// one decimal, and say 0.0 or 100.0 only where that is exact. NaN is NoValue.
//
// Whole numbers below ten thousand are written out, because they fit and a
// reader can then compare 1,184 with 1,234.
func Short(f insight.Format, v float64) string {
	if s, ok := special(v); ok {
		return s
	}
	switch f.Kind {
	case insight.FormatPercent:
		return percent(decimalOf(v).shift(2), percentPlaces(f)) + "%"
	case insight.FormatDuration:
		return shortDuration(v)
	case insight.FormatBytes:
		return shortBytes(v)
	case insight.FormatCurrency:
		d := decimalOf(v)
		if places := minorDigits(f.Currency); shortPlaces(f, v) == places && places > 0 && d.exp <= 2 {
			return money(f, d, atLeast(d, d.abs().fixed(places), places)) // cents are written in pairs
		}
		return money(f, d, compact(d.abs(), shortPlaces(f, v)))
	default:
		return signed(decimalOf(v), compact(decimalOf(v).abs(), shortPlaces(f, v)))
	}
}

// ShortAll writes the values of one chart with one precision: numbers below a
// thousand all keep as many decimals as the one that needs most.
func ShortAll(f insight.Format, vs []float64) []string {
	out := make([]string, len(vs))
	places := 0
	if f.Kind == insight.FormatNumber || f.Kind == insight.FormatCurrency || f.Kind == "" {
		places = commonPlaces(f, vs)
	}
	for i, v := range vs {
		out[i] = Short(f, v)
		if _, odd := special(v); odd || places == 0 || math.Abs(v) >= 1000 {
			continue
		}
		d := decimalOf(v)
		if body := d.abs().fixed(places); !isZeroText(body) || v == 0 {
			out[i] = signed(d, body)
			if f.Kind == insight.FormatCurrency {
				out[i] = money(f, d, body)
			}
		}
	}
	return out
}

// TickLabels writes the values of an axis: with the same number of decimals
// everywhere, none where they are all whole, and in the thousands from 1000 on
// where one of them is above ten thousand: 0, 5k, 10k.
func TickLabels(f insight.Format, vs []float64) []string {
	out := ShortAll(f, vs)
	thousands, places := false, 0
	for _, v := range vs {
		thousands = thousands || math.Abs(v) >= 10000
		places = max(places, min(4, decimalOf(v).shift(2).places()))
	}
	for i, v := range vs {
		if _, odd := special(v); odd {
			continue
		}
		d := decimalOf(v)
		kilo := thousands && d.exp == 4
		switch {
		case f.Kind == insight.FormatPercent && d.exp <= 2:
			out[i] = signed(d, d.abs().shift(2).fixed(places)) + "%"
		case f.Kind == insight.FormatCurrency && kilo:
			out[i] = money(f, d, suffixed(d.abs()))
		case (f.Kind == insight.FormatNumber || f.Kind == "") && kilo:
			out[i] = signed(d, suffixed(d.abs()))
		}
	}
	return out
}

// Exact writes v in full for tables, with thousands separators: 1,234,567. At
// most f.Decimals decimals are kept, or four where the insight does not say.
// NaN is NoValue.
func Exact(f insight.Format, v float64) string {
	if s, ok := special(v); ok {
		return s
	}
	d := decimalOf(v)
	if d.exp > 21 {
		return Short(f, v) // hundreds of digits are no information
	}
	switch f.Kind {
	case insight.FormatPercent:
		places := percentPlaces(f)
		if f.Decimals > 1 {
			places = f.Decimals
		}
		return percent(d.shift(2), places) + "%"
	case insight.FormatDuration:
		return exactDuration(v)
	case insight.FormatBytes:
		return signed(d, group(d.abs().fixed(0))) + " B"
	case insight.FormatCurrency:
		places := f.Decimals
		if places < 0 {
			places = minorDigits(f.Currency)
		}
		return money(f, d, atLeast(d, group(d.abs().fixed(places)), places))
	default:
		places := exactPlaces(f, d)
		return signed(d, atLeast(d, group(trimZeros(d.abs().fixed(places))), places))
	}
}

// exactPlaces is how many decimals a number is written with in a table.
func exactPlaces(f insight.Format, d decimal) int {
	if f.Decimals >= 0 {
		return f.Decimals
	}
	if d.exp < -1 {
		// 0.00001234: four decimals would hide it.
		return min(3-d.exp, 20)
	}
	return min(d.places(), 4)
}

// special is the text of values that are no finite number.
func special(v float64) (string, bool) {
	switch {
	case math.IsNaN(v):
		return NoValue, true
	case math.IsInf(v, 1):
		return "∞", true
	case math.IsInf(v, -1):
		return "−∞", true
	}
	return "", false
}

// percentPlaces is one, or none where the insight wants whole percentages.
func percentPlaces(f insight.Format) int {
	if f.Decimals == 0 {
		return 0
	}
	return 1
}

// percent writes a percentage, never as 0 or 100 where it is only close to it.
// From a thousand on the decimals go, because nobody reads them.
func percent(d decimal, places int) string {
	a := d.abs()
	body := a.fixed(places)
	step := decimal{digits: "1", exp: 1 - places}.fixed(places)
	below := "99"
	if places > 0 {
		below = "99." + strings.Repeat("9", places)
	}
	mark := ""
	switch hundred := body == "100" || strings.HasPrefix(body, "100.") && isZeroText(body[4:]); {
	case isZeroText(body) && a.digits != "":
		mark, body = "<", step
	case hundred && a.less(100):
		mark, body = ">", below
	case hundred && a.more(100):
		mark = ">"
	case a.exp > 3:
		body = compact(a, 0)
	}
	return signed(d, mark+body)
}

// money puts the sign and the symbol of a currency before an amount.
func money(f insight.Format, d decimal, amount string) string {
	symbol, known := symbols[f.Currency]
	if !known && f.Currency != "" {
		symbol = f.Currency + " "
	}
	if small, ok := strings.CutPrefix(amount, "<"); ok {
		return signed(d, "<"+symbol+small)
	}
	return signed(d, symbol+amount)
}

// symbols are the currencies that readers know by a sign.
var symbols = map[string]string{
	"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "CNY": "CN¥", "BRL": "R$",
	"CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "MXN": "MX$", "ILS": "₪", "TRY": "₺", "UAH": "₴", "VND": "₫",
}

// minorDigits is how many decimals amounts of a currency have.
func minorDigits(currency string) int {
	switch currency {
	case "JPY", "KRW", "VND", "CLP", "ISK", "PYG", "XAF", "XOF":
		return 0
	}
	return 2
}
