"""What is printed of an answer, beside it in the study's folder: pictures, the page, the paper."""

from mobility.placement.folder import StudyFolder
from mobility.placement.html import page
from mobility.placement.matplotlib import draw
from mobility.placement.rules.document import Answer
from mobility.placement.rules.report import report_of
from mobility.placement.service.inputs import Inputs
from mobility.placement.typst import pdf

PAGE, PAPER = "report.html", "report.pdf"


def publish(answer: Answer, inputs: Inputs, folder: StudyFolder) -> None:
    made_at = folder.manifest().begun_at
    pictures = draw(answer, inputs.city)
    report = report_of(answer, inputs.study, made_at.date())
    for name, content in pictures.items():
        folder.publish(f"{name}.png", content)
    folder.publish(PAGE, page(report, answer, inputs.city, pictures).encode())
    folder.publish(PAPER, pdf(report, pictures, made_at))
