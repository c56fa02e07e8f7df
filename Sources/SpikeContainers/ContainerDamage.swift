/// What is wrong with the inside of a container, before it is known which object of which file it concerns.
package struct ContainerDamage: Error {
    /// What is wrong, as the end of a sentence.
    package let what: String

    /// Damage that is described by `what`.
    package init(_ what: String) { self.what = what }
}
