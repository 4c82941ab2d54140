package receive

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"insightbot/chat"
)

// window is how far the time of a request may be from ours, in both
// directions. An older one may be a copy of one that was answered.
const window = 300 * time.Second

// The headers that prove a request.
const (
	headerTime      = "X-Slack-Request-Timestamp"
	headerSignature = "X-Slack-Signature"
)

// The reasons why a request is not believed.
var (
	errUnsigned  = errors.New("receive: no signature")
	errTime      = errors.New("receive: the time of the request is not within five minutes of ours")
	errSignature = errors.New("receive: wrong signature")
)

// proof is what a request says to prove itself.
type proof struct{ time, signature string }

// readProof reads the headers, and refuses those that no body could satisfy, so
// that their bodies need not be read.
func readProof(h http.Header, now time.Time) (proof, error) {
	times, signatures := h.Values(headerTime), h.Values(headerSignature)
	if len(times) != 1 || len(signatures) != 1 || len(signatures[0]) != len("v0=")+2*sha256.Size {
		return proof{}, errUnsigned
	}
	at, err := strconv.ParseUint(times[0], 10, 40)
	if err != nil {
		return proof{}, errTime
	}
	if d := now.Sub(time.Unix(int64(at), 0)).Truncate(time.Second); d > window || d < -window {
		return proof{}, errTime
	}
	return proof{times[0], signatures[0]}, nil
}

// check compares the signature with that of the raw body. The form of the
// header is compared as it stands: another spelling of the same number is none
// that Slack sends.
func (p proof) check(secret chat.Secret, body []byte) error {
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write([]byte("v0:" + p.time + ":"))
	mac.Write(body)
	if !hmac.Equal([]byte("v0="+hex.EncodeToString(mac.Sum(nil))), []byte(p.signature)) {
		return errSignature
	}
	return nil
}
