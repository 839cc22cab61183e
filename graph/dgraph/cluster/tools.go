//go:build tools

package cluster

import _ "github.com/dgraph-io/dgraph/v25/dgraph"
