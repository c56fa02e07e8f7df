"""Plays in the playground with Debian's Chromium, for the tests: URL URL FOLDER.

Turns every knob of every card of the first page with the keyboard, on a desk; looks at the second on a phone. Prints one JSON object: which knobs changed the
drawing and the numbers of their card, what complained, what the page asked of others, and how it looks, as pictures in FOLDER."""
import json
import sys
import time

from browsing import browser, manners
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

# What a card shows: how much ink its canvases have, a hash of every pixel, and its numbers.
LOOK = """
const card = document.getElementById(arguments[0]);
let ink = 0, h = 0;
for (const c of card.querySelectorAll('canvas')) {
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  for (let i = 0; i < d.length; i += 4) { if (d[i + 3]) ink++; h = (h * 31 + d[i] * 65536 + d[i + 1] * 256 + d[i + 2] + d[i + 3]) | 0; }
}
return { ink, pixels: h, numbers: card.querySelector('dl').textContent, answers: Number(card.dataset.answers),
         busy: cards[arguments[0]].isAsking, complaint: card.querySelector('.complaint').textContent };
"""
SHOWN = "return [...document.querySelectorAll('#' + arguments[0] + ' .knob:not([hidden]) input')].map(e => e.id)"


def answered(driver, card, after, seconds=30):
    """What the card shows once it has more than `after` answers and asks nothing."""
    deadline = time.time() + seconds
    while time.time() < deadline:
        seen = driver.execute_script(LOOK, card)
        if seen["answers"] > after and not seen["busy"]:
            return seen
        time.sleep(0.03)
    return driver.execute_script(LOOK, card)


def turn(driver, card, name):
    """Turns a slider by the keyboard: a page up, or down from the upper end. Gives what changed."""
    before = driver.execute_script(LOOK, card)
    knob = driver.find_element(By.ID, name)
    at_end = driver.execute_script("return Number(arguments[0].value) >= Number(arguments[0].max)", knob)
    knob.send_keys(Keys.PAGE_DOWN if at_end else Keys.PAGE_UP)
    after = answered(driver, card, before["answers"])
    return {
        "knob": name, "answered": after["answers"] > before["answers"], "drawn": after["pixels"] != before["pixels"],
        "counted": after["numbers"] != before["numbers"], "complaint": after["complaint"],
    }


def turn_far(driver):
    """Turns a knob many times at once: whether what is drawn last is what was asked last, and a wrong knob is told and undone."""
    knob = driver.find_element(By.ID, "neuron-drive_mv")
    before = driver.execute_script(LOOK, "neuron")
    knob.send_keys(*[Keys.ARROW_RIGHT] * 12)
    answered(driver, "neuron", before["answers"])
    last = driver.execute_script("return [cards.neuron.asked, document.getElementById('neuron-drive_mv').value]")
    # A threshold that a value of 1 does not reach in the window is refused by the engine.
    Select(driver.find_element(By.ID, "coding-method")).select_by_value("first_spike")
    threshold = driver.find_element(By.ID, "coding-threshold-first_spike")
    before = driver.execute_script(LOOK, "coding")
    threshold.send_keys(Keys.END)
    told = answered(driver, "coding", before["answers"])["complaint"]
    before = driver.execute_script(LOOK, "coding")
    driver.find_element(By.CSS_SELECTOR, "#coding button").click()
    undone = answered(driver, "coding", before["answers"])
    return {"asked": last[0], "value": last[1], "told": told, "undone": undone["complaint"] == "" and undone["ink"] > 0}


def play(url, folder, width, height, dark, every):
    driver = browser(width, height, dark, f"{folder}/playground-{dark}")
    try:
        driver.get(url)
        deadline = time.time() + 30
        while time.time() < deadline and driver.execute_script("return document.querySelectorAll('section').length") < 4:
            time.sleep(0.1)
        names = driver.execute_script("return [...document.querySelectorAll('section')].map(s => s.id)")
        first = {card: answered(driver, card, 0) for card in names}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": driver.execute_script("return document.body.scrollHeight"), "deviceScaleFactor": 1, "mobile": width < 500})
        driver.save_screenshot(f"{folder}/playground-{'dark' if dark else 'light'}-{width}.png")
        turned, chosen = [], []
        for card in names if every else []:
            turned += [turn(driver, card, knob) for knob in driver.execute_script(SHOWN, card)]
            for choice in driver.find_elements(By.CSS_SELECTOR, f"#{card} select"):
                words = [o.get_attribute("value") for o in Select(choice).options]
                for word in words[1:]:
                    before = driver.execute_script(LOOK, card)
                    Select(choice).select_by_value(word)
                    after = answered(driver, card, before["answers"])
                    chosen.append({"choice": choice.get_attribute("id"), "word": word, "drawn": after["pixels"] != before["pixels"], "complaint": after["complaint"]})
                    seen = {t["knob"] for t in turned}
                    turned += [turn(driver, card, k) for k in driver.execute_script(SHOWN, card) if k not in seen]
                if choice.get_attribute("id") == "coding-method":
                    driver.save_screenshot(f"{folder}/playground-turned-{width}.png")
        far = turn_far(driver) if every else {}
        return {
            "cards": names, "ink": {card: look["ink"] for card, look in first.items()},
            "numbers": {card: look["numbers"] for card, look in first.items()}, "turned": turned, "chosen": chosen, "far": far,
            "knobs": driver.execute_script("return [...document.querySelectorAll('.knob input')].map(e => e.id)"),
        } | manners(driver)
    finally:
        driver.quit()


desk, phone, folder = sys.argv[1:4]
print(json.dumps({"desk": play(desk, folder, 1200, 900, False, True), "phone": play(phone, folder, 390, 844, True, False)}))
