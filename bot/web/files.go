package web

import (
	"bytes"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"insightbot/chat"
	"insightbot/text"
)

// The bounds of the file store, in bytes and in files.
const (
	maxStored        = 128 << 20
	maxStoredSession = 32 << 20
	maxFiles         = 4096
	maxFilesSession  = 1024
)

// fileStore keeps the pictures and attachments of replies in memory, each for
// the one session it was made for. The oldest go first.
type fileStore struct {
	random func() string

	mu    sync.Mutex
	byID  map[string]storedFile
	order []string // ids, oldest first
	bytes int
	held  map[string]holding
}

// holding is how much one session has in the store.
type holding struct {
	bytes, files int
}

// plus adds files to a holding, or takes them away.
func (h holding) plus(bytes, files int) holding {
	return holding{h.bytes + bytes, h.files + files}
}

// full reports whether a session has more than one may have.
func (h holding) full() bool { return h.bytes > maxStoredSession || h.files > maxFilesSession }

type storedFile struct {
	session string
	file    chat.File
}

func newFileStore(random func() string) *fileStore {
	return &fileStore{random: random, byID: map[string]storedFile{}, held: map[string]holding{}}
}

// put keeps a file and returns its id; "" when it is too large to keep.
func (fs *fileStore) put(session string, f chat.File) string {
	if len(f.Data) > maxStoredSession {
		return ""
	}
	id := fs.random()
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.byID[id] = storedFile{session, f}
	fs.order = append(fs.order, id)
	fs.bytes += len(f.Data)
	fs.held[session] = fs.held[session].plus(len(f.Data), 1)
	fs.shrink(session)
	return id
}

// shrink drops the oldest files until every bound holds.
func (fs *fileStore) shrink(session string) {
	for i := 0; i < len(fs.order); {
		id := fs.order[i]
		full := fs.bytes > maxStored || len(fs.order) > maxFiles
		mine := fs.held[session].full() && fs.byID[id].session == session
		switch {
		case full || mine:
			fs.remove(id)
			fs.order = slices.Delete(fs.order, i, i+1)
		case fs.held[session].full():
			i++
		default:
			return
		}
	}
}

// remove takes a file out of everything but the order.
func (fs *fileStore) remove(id string) {
	f, ok := fs.byID[id]
	if !ok {
		return
	}
	delete(fs.byID, id)
	fs.bytes -= len(f.file.Data)
	if fs.held[f.session] = fs.held[f.session].plus(-len(f.file.Data), -1); fs.held[f.session].files == 0 {
		delete(fs.held, f.session)
	}
}

// drop forgets some files.
func (fs *fileStore) drop(ids []string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, id := range ids {
		fs.remove(id)
	}
	fs.tidy()
}

// dropSession forgets the files of a session.
func (fs *fileStore) dropSession(session string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for id, f := range fs.byID {
		if f.session == session {
			fs.remove(id)
		}
	}
	fs.tidy()
}

// tidy takes ids out of the order that are not kept any more.
func (fs *fileStore) tidy() {
	fs.order = slices.DeleteFunc(fs.order, func(id string) bool { _, ok := fs.byID[id]; return !ok })
}

// get returns a file to the session it belongs to. What was drawn for nobody in
// particular goes to whoever knows its id, which cannot be guessed.
func (fs *fileStore) get(session, id string) (chat.File, bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f, ok := fs.byID[id]
	if !ok || f.session != guest && (session == "" || f.session != session) {
		return chat.File{}, false
	}
	return f.file, true
}

// has reports whether a file is still kept.
func (fs *fileStore) has(id string) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	_, ok := fs.byID[id]
	return ok
}

// keptImage and keptAttachment are parts whose data lies in the store.
type keptImage struct {
	chat.Image
	ids map[chat.Theme]string
}

type keptAttachment struct {
	chat.Attachment
	id string
}

// keep moves the files of parts into the store and returns the parts without
// them, and the ids.
func (fs *fileStore) keep(session string, parts []chat.Part) (kept []chat.Part, ids []string) {
	for _, p := range parts {
		switch p := p.(type) {
		case chat.Image:
			k := keptImage{Image: p, ids: map[chat.Theme]string{}}
			for _, theme := range slices.Sorted(maps.Keys(p.Files)) {
				k.ids[theme] = fs.put(session, p.Files[theme])
				ids = append(ids, k.ids[theme])
			}
			k.Files = nil
			kept = append(kept, k)
		case chat.Attachment:
			k := keptAttachment{Attachment: p, id: fs.put(session, p.File)}
			ids = append(ids, k.id)
			k.File.Data = nil
			kept = append(kept, k)
		case chat.Section:
			inner, more := fs.keep(session, p.Parts)
			p.Parts, ids = inner, append(ids, more...)
			kept = append(kept, p)
		default:
			kept = append(kept, p)
		}
	}
	return kept, ids
}

// serveFile answers GET /files/{id}: a picture is shown, anything else saved.
func (d *desk) serveFile(w http.ResponseWriter, r *http.Request) {
	f, ok := d.sessions.files.get(d.session(r), r.PathValue("id"))
	if !ok {
		http.Error(w, "This file is not kept any more. Ask again to get a new one.", http.StatusNotFound)
		return
	}
	kind, disposition := fileType(f.Type), "attachment"
	if isPicture(kind) && !r.URL.Query().Has("download") {
		disposition = "inline"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": fileName(f.Name)}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Data))
}

// isPicture reports whether a media type is a picture without script in it.
func isPicture(kind string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind)
}

// fileType is a media type that is safe to send on.
func fileType(kind string) string {
	base, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return "application/octet-stream"
	}
	return mime.FormatMediaType(base, params)
}

// fileName is a name without a path or characters that deceive.
func fileName(name string) string {
	name = text.Clean(name)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune("\"'<>|:*?", r) {
			return '_'
		}
		return r
	}, name)
	if name = strings.TrimLeft(strings.TrimSpace(name), "."); name == "" {
		return "file"
	}
	return name
}
