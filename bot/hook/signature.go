package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"insightbot/chat"
)

// Header carries the signature of a notice: "t=<unix seconds>,v1=<hex>", where
// the hex is the HMAC-SHA256 of "<unix seconds>.<body>" under the secret.
const Header = "X-Insightbot-Signature"

// tolerance is how far the clock of a sender may be off.
const tolerance = 5 * time.Minute

// Sign returns the header of a notice.
func Sign(secret chat.Secret, body []byte, at time.Time) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return fmt.Sprintf("t=%s,v1=%s", stamp, hex.EncodeToString(sum(secret, stamp, body)))
}

func sum(secret chat.Secret, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return mac.Sum(nil)
}

// verify checks a header and returns the signature in it. No secret fits none.
func verify(secret chat.Secret, header string, body []byte, now time.Time) ([sha256.Size]byte, bool) {
	var stamp, given string
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			stamp = value
		case "v1":
			given = value
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return [sha256.Size]byte{}, false
	}
	got, err := hex.DecodeString(given)
	// The sum is made for no secret as well, so that the time it takes does not
	// tell which sources there are.
	if right := hmac.Equal(got, sum(secret, stamp, body)); err != nil || secret == "" || !right {
		return [sha256.Size]byte{}, false
	}
	off := now.Sub(time.Unix(seconds, 0))
	return [sha256.Size]byte(got), off <= tolerance && off >= -tolerance
}

// seen remembers signatures while they would still be taken.
type seen struct {
	mu    sync.Mutex
	until map[[sha256.Size]byte]time.Time
}

// first reports whether a signature is new. Only signed notices get here, so
// that nobody else can fill it.
func (s *seen) first(mac [sha256.Size]byte, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until == nil {
		s.until = map[[sha256.Size]byte]time.Time{}
	}
	for old, until := range s.until {
		if until.Before(now) {
			delete(s.until, old)
		}
	}
	_, again := s.until[mac]
	s.until[mac] = now.Add(2 * tolerance)
	return !again
}
