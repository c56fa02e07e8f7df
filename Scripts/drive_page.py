"""Looks at the page of a running pipeline with Debian's Chromium, for the tests: URL FOLDER [WRONG_TOKEN_URL].

Prints one JSON object: whether the raster moves, which records appeared, what a wrong token is told, what the console of the
browser complained of, what the page asked of others, and how it looks, as pictures in FOLDER."""
import json
import sys
import time

from browsing import browser, manners

PIXELS = """
const c = document.getElementById(arguments[0]);
if (!c || !c.width) return [0, 0];
const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
let n = 0, h = 0;
for (let i = 3; i < d.length; i += 4) if (d[i]) { n++; h = (h * 31 + i) | 0; }
return [n, h];
"""


def look(url, folder, width, height, dark, seconds):
    driver = browser(width, height, dark, f"{folder}/profile-{dark}")
    try:
        driver.get(url)
        deadline = time.time() + 20
        while time.time() < deadline and not driver.execute_script("return document.querySelectorAll('#records li').length"):
            time.sleep(0.2)
        names = driver.execute_script("return [...document.querySelectorAll('canvas')].map(c => c.id)")
        before = {name: driver.execute_script(PIXELS, name) for name in names}
        time.sleep(seconds)
        after = {name: driver.execute_script(PIXELS, name) for name in names}
        driver.save_screenshot(f"{folder}/page-{'dark' if dark else 'light'}-{width}.png")
        return {
            "moves": [name for name in names if after[name][0] > 20 and before[name] != after[name]],
            "canvases": names,
            "records": driver.execute_script("return [...document.querySelectorAll('#records li b')].map(b => b.textContent)"),
            "status": driver.execute_script("return document.getElementById('status').textContent"),
        } | manners(driver)
    finally:
        driver.quit()


def text(url, folder):
    driver = browser(800, 600, False, f"{folder}/profile-False")
    try:
        driver.get(url)
        return driver.execute_script("return document.body.textContent")
    finally:
        driver.quit()


url, folder = sys.argv[1:3]
result = {"desk": look(url, folder, 1200, 900, False, 2), "phone": look(url, folder, 390, 844, True, 2)}
if len(sys.argv) > 3:
    result["refused"] = text(sys.argv[3], folder)
print(json.dumps(result))
