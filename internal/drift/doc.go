// Package drift knows what people do by hand to the resources of a stack: common accidents by name, each as the az
// commands that it stands for. It finds the resources that a change is about in the simulated Azure by itself.
package drift
