/** Repeats an expectation until it holds: for what another process writes in its own time. At most 5 s. */
export async function eventually(expectation: () => void): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    try {
      expectation()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  expectation()
}
