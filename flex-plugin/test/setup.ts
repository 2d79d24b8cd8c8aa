import '@testing-library/jest-dom'

// jsdom 16's selector engine asks whether an element contains the document's `focus`, which is no element, as soon
// as a style sheet says :focus-within. Browsers ask no such thing.
// oxlint-disable-next-line typescript/unbound-method -- called with its `this` below
const { contains } = Node.prototype
Node.prototype.contains = function (this: Node, other: Node | null) {
  return other instanceof Node && contains.call(this, other)
}
