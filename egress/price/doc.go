// Package price estimates what a network costs a month, from its resources and a dated list of Azure's list prices
// (azure-facts 12.2). It is pure data and arithmetic.
package price
