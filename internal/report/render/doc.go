// Package render writes a report: as Markdown for a pull request, and as one HTML file that needs nothing else. The one
// idea: a path becomes a graph (graph.go), and that one graph becomes Mermaid for GitHub and SVG for everything else.
//
// # Other people's texts
//
// Names, hosts, rules and errors may come from a fork. Markdown escapes them in one place (escape.go), Mermaid in one
// (mermaidText), d2 by its own formatter, and html/template does it for HTML.
//
// # What its tests need
//
// The tests of the folder browser open the HTML in Chromium, and let the real Mermaid parse and draw the flowcharts.
// They need Chromium or Chrome on the PATH, and what `npm ci --ignore-scripts` installs in that folder. Where one is
// missing they skip and say so, but fail if CI=true. AKS_EGRESS_SCREENSHOTS names a folder for pictures to look at.
package render
