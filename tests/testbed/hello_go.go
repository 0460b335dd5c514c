// SPDX-License-Identifier: BSD-2-Clause
// hello_go ADDRESS PORT: a TLS handshake of Go's own stack, with the settings that it comes with (tests/testbed/stacks).
package main

import (
	"crypto/tls"
	"os"
)

func main() {
	connection, err := tls.Dial("tcp", os.Args[1]+":"+os.Args[2], &tls.Config{InsecureSkipVerify: true, ServerName: "mail.example"})
	if err == nil {
		connection.Close()
	}
}
