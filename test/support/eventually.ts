/** Repeats an expectation until it holds: for what another process writes in its own time. At most 5 s unless given. */
export async function eventually(
  expectation: () => void | Promise<void>,
  limitMs: number = 5_000,
): Promise<void> {
  for (let attempt = 0; attempt < limitMs / 50; attempt += 1) {
    try {
      await expectation()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  await expectation()
}
