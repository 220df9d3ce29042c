"""A person's browser window: where they go, and everything that went wrong behind the page."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

from tests.browser.server import Site

PASSWORD = "luoshi-demo-2026"
LISTEN = """
document.addEventListener("securitypolicyviolation", function (event) {
  console.error("CSP refused " + event.violatedDirective + ": " + (event.blockedURI || event.sample));
});
"""
SENT_AS = "Failed to load resource"  # said again by the response itself


class Window:
    """One browser window. ``faults`` fills with console errors, CSP violations, lost and foreign requests."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context, self.site, self.url = context, site, site.url
        self.faults: list[str] = []
        context.add_init_script(LISTEN)
        context.on("page", self._listen)
        self.page = context.new_page()

    def _listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(SENT_AS):
            self.faults.append(f"console {message.type} on {self._path(message.location['url'])}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and f"{parts.scheme}://{parts.netloc}" != self.url:
            self.faults.append(f"request to elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        expected = response.request.is_navigation_request() and response.status < 500
        if response.status >= 400 and not expected:
            self.faults.append(f"{response.status} for {self._path(response.url)} {self.site.last_error()}")

    @staticmethod
    def _path(url: str) -> str:
        return urlsplit(url)._replace(scheme="", netloc="").geturl()

    def go(self, path: str) -> Response:
        """Open a page of the site and wait until its scripts have run."""
        response = self.page.goto(path, wait_until="load")
        assert response is not None, path
        return response

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """Sign in by the sign-in page."""
        self.go("/sign-in/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.locator("main form button").last.click()
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)
