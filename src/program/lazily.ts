/** A value made when first asked for, and then kept. */
export const lazily = <A>(make: () => A): (() => A) => {
  const made = new Map<'value', A>()
  return () => {
    const value = made.get('value') ?? make()
    made.set('value', value)
    return value
  }
}
