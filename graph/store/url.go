package store

import (
	"regexp"
	"strings"
)

var secretParameter = regexp.MustCompile(`(?i)([?&; ](?:password|sslpassword|passwd|apikey|bearertoken|token)=)[^&; ]*`)

// Redact hides the passwords of a store's URL, for messages: also where it is
// written so badly that no parser takes it.
func Redact(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if ok && scheme != "file" {
		// A password may have any character, left as it is by mistake.
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			if colon := strings.IndexByte(rest[:at], ':'); colon >= 0 {
				rest = rest[:colon] + ":xxxxx" + rest[at:]
			}
		}
		url = scheme + "://" + rest
	}
	return secretParameter.ReplaceAllString(url, "${1}xxxxx")
}
