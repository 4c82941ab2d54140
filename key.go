package main

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"insightbot/chat"
)

// masterKey is the one secret of the bot, from which every other key is
// derived. It prints as <secret> everywhere.
type masterKey []byte

func (masterKey) String() string               { return "<secret>" }
func (masterKey) GoString() string             { return "<secret>" }
func (masterKey) LogValue() slog.Value         { return slog.StringValue("<secret>") }
func (masterKey) MarshalText() ([]byte, error) { return []byte("<secret>"), nil } //nolint:unparam // encoding.TextMarshaler

// keyEnv names the environment variable that holds the master key, as 32 bytes
// or more in base64.
const keyEnv = "INSIGHTBOT_MASTER_KEY"

// keyFile is the file of the master key in the data directory.
const keyFile = "master.key"

// loadKey takes the master key from the environment, or from the file
// master.key in dir, which it makes with mode 0600 at the first start.
func loadKey(dir string, getenv func(string) string) (masterKey, error) {
	if v := getenv(keyEnv); v != "" {
		return decodeKey(keyEnv, v)
	}
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		// A new key beside old data would make the audit log read as forged,
		// and every person a stranger.
		_, noData := os.Stat(filepath.Join(dir, databaseName))
		_, noKey := os.Stat(path) // once more: another first start may have made both meanwhile
		if noData == nil && noKey != nil {
			return nil, fmt.Errorf("master key: %s is missing, but there is data that it belongs to: put it back from your backup, or set %s", path, keyEnv)
		}
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	if info, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	} else if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("master key: others can read %s: run chmod 600 on it", path)
	}
	return decodeKey(path, string(text))
}

func decodeKey(where, text string) (masterKey, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) < 32 {
		return nil, fmt.Errorf("master key: %s does not hold 32 bytes or more in base64", where)
	}
	return key, nil
}

// makeKey writes a new key. Two processes that start at once agree on one: the
// file is made whole beside its name and linked there, and who comes second
// reads it.
func makeKey(path string) (masterKey, error) {
	key := make([]byte, 32)
	rand.Read(key) //nolint:errcheck // documented never to fail
	f, err := os.CreateTemp(filepath.Dir(path), "master-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // a left-over is harmless
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("master key: %w", err)
		}
		return decodeKey(path, string(text))
	} else if err != nil {
		// A file system without links: the last of several first starts wins.
		if err := os.Rename(f.Name(), path); err != nil {
			return nil, fmt.Errorf("master key: %w", err)
		}
	}
	return key, nil
}

// derive makes the key for one purpose, so that no two purposes share one.
func (k masterKey) derive(purpose string) ([]byte, error) {
	derived, err := hkdf.Key(sha256.New, k, nil, purpose, 32)
	if err != nil {
		return nil, fmt.Errorf("master key: derive: %w", err)
	}
	return derived, nil
}

// audit is the key of the hash chain of the audit log: without it nobody can
// write a line that verifies.
func (k masterKey) audit() ([]byte, error) { return k.derive("insightbot audit chain v1") }

// seal is the key under which tokens that workspaces gave lie in the database.
func (k masterKey) seal() ([]byte, error) { return k.derive("insightbot sealed tokens v1") }

// install is what has to stand in the address at which workspaces install the
// app of a platform.
func (k masterKey) install() (chat.Secret, error) {
	derived, err := k.derive("insightbot install address v1")
	return chat.Secret(hex.EncodeToString(derived[:min(16, len(derived))])), err
}

// person returns the function by which the logs know people: a keyed hash, so
// that a log alone names nobody.
func (k masterKey) person() (func(platform, workspace, user string) string, error) {
	derived, err := k.derive("insightbot ask log person v1")
	if err != nil {
		return nil, err
	}
	return func(platform, workspace, user string) string {
		mac := hmac.New(sha256.New, derived)
		for _, part := range []string{platform, workspace, user} {
			fmt.Fprintf(mac, "%d:%s", len(part), part)
		}
		return hex.EncodeToString(mac.Sum(nil)[:16])
	}, nil
}
