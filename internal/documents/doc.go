// Package documents runs the commands that a Markdown document tells its reader to type, and compares what they answer
// with what the document shows. Tests use it; the lab does not.
//
// What a document may say:
//
//	```console
//	$ go run ./cmd/lab outputs lb
//	egressIps  203.0.113.193
//	```
//
// A line that begins with "$ " is a command for a POSIX shell; one that ends in \ goes on in the next line. What
// follows is its output, stdout and stderr as a terminal shows them; so is "$ az …", which `lab drift` prints. In the
// output a line of "…" alone stands for any lines, and "…" within a line for any text. UUIDs and the eight hex digits
// that azure-native appends to names differ from run to run: those in the document stand for those of the run, in
// outputs and in later commands, one to one.
//
// A ```sh block is commands alone, one to a line: their outputs are not shown and not compared. "# … (exit 1)" behind
// a command says how it ends.
//
//	```console exit=1            the last command of the block ends with 1; all others with 0
//	```console norun: REASON     shown, not run; ```sh norun: REASON too
//	```go title=shop/main.go     the reader writes this file
//
// All blocks of a document run in order, in one shell, in a copy of the clone.
package documents
