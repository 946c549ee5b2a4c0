// The same sources are built by Next.js 14 (React 18) and 15 (React 19).

module.exports = {
    poweredByHeader: false,
    compress: false,
    productionBrowserSourceMaps: false,
};
