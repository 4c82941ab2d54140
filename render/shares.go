package render

import "math"

// Shares writes the parts of a whole as percentages with one decimal that add
// up to exactly 100.0, by the largest remainder. Negative, infinite or missing
// parts have no share and neither has a whole of zero: they are NoValue.
func Shares(vs []float64) []string {
	out := make([]string, len(vs))
	parts := make([]float64, len(vs))
	sum := 0.0
	for i, v := range vs {
		out[i] = NoValue
		parts[i] = -1 // no part
		if v >= 0 && !math.IsInf(v, 0) {
			// Made smaller, so that the sum of huge parts stays finite.
			parts[i] = v / float64(len(vs)+1)
			sum += parts[i]
		}
	}
	if sum == 0 {
		return out
	}
	for i, tenths := range largestRemainder(parts, sum) {
		switch {
		case parts[i] < 0:
		case tenths == 0 && parts[i] > 0:
			out[i] = "<0.1%"
		case tenths == 1000 && parts[i] < sum:
			out[i] = ">99.9%"
		default:
			out[i] = decimalOf(float64(tenths)).shift(-1).fixed(1) + "%"
		}
	}
	return out
}

// largestRemainder shares 1000 tenths of a percent out among the parts that
// are not negative. Each gets its whole tenths; what is left goes to those
// that lost most by it, the first of equals first.
func largestRemainder(parts []float64, sum float64) []int {
	tenths := make([]int, len(parts))
	rest := make([]float64, len(parts))
	left := 1000
	for i, p := range parts {
		if p <= 0 {
			continue
		}
		exact := p / sum * 1000
		tenths[i] = int(math.Floor(exact + 1e-9))
		rest[i] = exact - float64(tenths[i])
		left -= tenths[i]
	}
	for ; left > 0; left-- {
		best := -1
		for i := range parts {
			if parts[i] > 0 && (best < 0 || rest[i] > rest[best]+1e-9) {
				best = i
			}
		}
		tenths[best]++
		rest[best] = math.Inf(-1) // one more at most
	}
	return tenths
}
