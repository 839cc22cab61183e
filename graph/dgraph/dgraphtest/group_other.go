//go:build !unix

package dgraphtest

import "syscall"

func ownGroup() *syscall.SysProcAttr { return nil }
