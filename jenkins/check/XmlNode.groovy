/** The part of a job's XML that `configure` is given: found by any path, and added to. */
class XmlNode {
  Object div(Object name) {
    this
  }

  // What is added has been recorded as a word of the block.
  Object leftShift(Object added) {
    this
  }
}
