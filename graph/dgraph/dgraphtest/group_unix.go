//go:build unix

package dgraphtest

import "syscall"

// ownGroup keeps a ctrl-C at the terminal from the servers: whoever started them
// stops them, in order.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
