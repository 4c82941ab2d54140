package shape

import (
	"regexp"
	"strings"
)

// hidden stands for text that tells who somebody is.
const hidden = "•••"

// address matches e-mail addresses, also encoded ones as they stand in URLs.
var address = regexp.MustCompile(`(?i)[\p{L}\p{N}._%+'-]+(?:@|%40)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)

// hideAddresses takes e-mail addresses out of a text.
func hideAddresses(s string) string {
	if !strings.Contains(s, "@") && !strings.Contains(s, "%40") {
		return s
	}
	return address.ReplaceAllLiteralString(s, hidden)
}

// personalNames are properties and columns that tell who somebody is, in the
// form of bareName.
var personalNames = map[string]bool{
	"email": true, "emailaddress": true, "mail": true, "fullname": true, "firstname": true, "lastname": true, "surname": true,
	"username": true, "login": true, "phone": true, "phonenumber": true, "mobile": true, "ip": true, "ipaddress": true, "address": true,
	"userid": true, "uuid": true, "distinctid": true, "personid": true, "deviceid": true, "anondistinctid": true, "sessionid": true,
	"windowid": true, "person": true, "actor": true, "actorid": true, "userdisplayname": true, "geoiplatitude": true, "geoiplongitude": true,
}

// bareName is the last part of a name, in lower case and letters alone:
// "person.properties.$User_ID" is "userid".
func bareName(s string) string {
	if i := strings.LastIndexByte(s, '.'); i >= 0 {
		s = s[i+1:]
	}
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// isPersonal reports whether a property or a column tells who somebody is.
func isPersonal(name string) bool {
	bare := bareName(name)
	if lower := strings.ToLower(name); bare == "name" {
		// A product has a name too.
		return strings.Contains(lower, "person") || strings.Contains(lower, "user")
	}
	return personalNames[bare] || strings.HasSuffix(bare, "email") || strings.HasSuffix(bare, "distinctid")
}

// shown is a value as people may read it: without e-mail addresses, and without
// the part of a web address that may hold anything.
func shown(v string) string {
	if i := strings.IndexAny(v, "?#"); i >= 0 && (strings.Contains(v, "://") || strings.HasPrefix(v, "/")) {
		v = v[:i]
	}
	return hideAddresses(v)
}
