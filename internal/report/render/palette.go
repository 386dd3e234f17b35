package render

import (
	"oss.terrastruct.com/d2/d2target"
	"oss.terrastruct.com/d2/d2themes/d2themescatalog"
)

// The colours of drawings, which page.css has too. Texts have a contrast of at least 4.5 to 1 on each of the fills
// (WCAG 2.2, 1.4.3), lines of 3 to 1.
var (
	lightTheme   = d2themescatalog.NeutralDefault.ID
	darkTheme    = d2themescatalog.DarkMauve.ID
	lightPalette = palette(map[string]string{
		colourText: "#1b2733", colourLine: "#51606f", colourFaint: "#8593a1", colourPaper: "#ffffff", colourPlace: "#f3f6f9",
		colourStep: "#ffffff", colourStepLine: "#6b7a89", colourDevice: "#e3effc", colourAccent: "#0b62b8",
		colourAddress: "#e2f5ea", colourGreenLine: "#187a43", colourStop: "#fdeaea", colourStopLine: "#c22a2a",
	})
	darkPalette = palette(map[string]string{
		colourText: "#e6edf3", colourLine: "#9fb0c0", colourFaint: "#66768a", colourPaper: "#161d26", colourPlace: "#1b232e",
		colourStep: "#202b37", colourStepLine: "#7d8ea0", colourDevice: "#14304f", colourAccent: "#5aa9f5",
		colourAddress: "#123524", colourGreenLine: "#4cc38a", colourStop: "#471c1f", colourStopLine: "#ff7b72",
	})
)

// palette puts colours into their slots.
func palette(colours map[string]string) d2target.ThemeOverrides {
	slot := func(name string) *string {
		if colour, ok := colours[name]; ok {
			return &colour
		}
		return nil
	}
	return d2target.ThemeOverrides{
		N1: slot(colourText), N2: slot(colourLine), N4: slot(colourFaint), N6: slot(colourPlace), N7: slot(colourPaper),
		B2: slot(colourAccent), B4: slot(colourStepLine), B5: slot(colourDevice), B6: slot(colourStep),
		AA2: slot(colourGreenLine), AA5: slot(colourAddress), AB4: slot(colourStopLine), AB5: slot(colourStop),
	}
}
