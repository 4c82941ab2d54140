package insight

import "log/slog"

// Secret is a password or a key of a source. However it is printed, it hides
// itself.
type Secret string

const shownSecret = "<secret>"

// String hides the secret.
func (Secret) String() string { return shownSecret }

// GoString hides the secret.
func (Secret) GoString() string { return shownSecret }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(shownSecret) }

// MarshalText hides the secret, in JSON and in YAML too.
func (Secret) MarshalText() ([]byte, error) { return []byte(shownSecret), nil }

// Reveal is the secret itself, for the call that needs it.
func (s Secret) Reveal() string { return string(s) }
