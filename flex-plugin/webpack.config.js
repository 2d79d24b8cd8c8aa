module.exports = (config) => ({ ...config, performance: { hints: false } })
