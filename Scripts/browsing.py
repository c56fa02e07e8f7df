"""Debian's Chromium, for the scripts that look at pages."""
from selenium import webdriver
from selenium.webdriver.chrome.service import Service


def browser(width, height, dark, profile):
    """A browser with a window of that size, and a profile in that folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
    scheme = "dark" if dark else "light"
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    return driver


def manners(driver):
    """How the page behaves: whether it is wider than the window, its background, whom else it asked, what the console complained of."""
    return {
        "overflows": driver.execute_script("return document.documentElement.scrollWidth > window.innerWidth + 1"),
        "paper": driver.execute_script("return getComputedStyle(document.body).backgroundColor"),
        "foreign": driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin) && !n.startsWith('data:'))"),
        "complaints": [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"],
    }
